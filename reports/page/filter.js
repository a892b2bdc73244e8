(function () {
  "use strict";
  document.querySelectorAll("[data-filters]").forEach(function (bar) {
    var section = bar.parentNode;
    var text = bar.querySelector("input"), selects = bar.querySelectorAll("select"), told = bar.querySelector("output");
    var rows = Array.prototype.slice.call(section.querySelectorAll("tr[data-verdict]"));
    function apply() {
      var wanted = text.value.trim().toLowerCase(), shown = 0;
      rows.forEach(function (row) {
        var fits = !wanted || row.textContent.toLowerCase().indexOf(wanted) >= 0;
        selects.forEach(function (select) {
          fits = fits && (!select.value || row.getAttribute("data-" + select.name) === select.value);
        });
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      section.querySelectorAll("details.area").forEach(function (area) {
        area.hidden = !area.querySelector("tr[data-verdict]:not([hidden])");
        if (wanted || Array.prototype.some.call(selects, function (select) { return select.value; })) { area.open = true; }
      });
      told.textContent = told.getAttribute("data-told").replace("{shown}", shown).replace("{all}", rows.length);
    }
    bar.addEventListener("input", apply);
    bar.addEventListener("reset", function () { setTimeout(apply); });
    bar.addEventListener("submit", function (event) { event.preventDefault(); });
    bar.hidden = false;
    apply();
  });
  function openAll() { document.querySelectorAll("details.area").forEach(function (d) { d.open = true; }); }
  window.addEventListener("beforeprint", openAll);
})();
