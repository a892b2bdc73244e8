package population

// culture is a set of names that go together. Some are written with apostrophes, some in other
// scripts, some with a combining accent (U+0300 and on) in place of a composed letter. No two surnames
// are the same but for letter case or composition: whether a registry tells those apart is open.
type culture struct {
	language string
	surnames []string
	female   []string
	male     []string
}

var cultures = []culture{
	{
		language: "en",
		surnames: []string{"O'Harrow", "Thistledown", "Quillfeather", "Marlowsby", "D'Ambrane", "Oakenshaw", "Vexley", "Brackenridge"},
		female:   []string{"Maren", "Isolde", "Tamsin", "Wren", "Odette"},
		male:     []string{"Corin", "Alaric", "Bramwell", "Jory", "Lorcan"},
	},
	{
		language: "en",
		surnames: []string{"Ren\u0303ovar", "Castan\u0303eda Luz", "Be\u0301rangelle", "Ibarrola", "Zu\u0301n\u0303imar", "Montalvana"},
		female:   []string{"Ame\u0301lie", "Marisol", "Ine\u0301s", "Paloma"},
		male:     []string{"Joaqui\u0301n", "Re\u0301mi", "Esteban", "Andre\u0301"},
	},
	{
		language: "en",
		surnames: []string{"Nguy\u1ec5n-\u0110\u00f4ng", "Tr\u1ea7nh\u01b0", "Ph\u1ea1mlinh", "\u0110\u1eb7ngkhoa"},
		female:   []string{"H\u1ea1nh", "Th\u1ea3o", "Y\u1ebfn"},
		male:     []string{"D\u0169ng", "Qu\u1ed1c", "\u0110\u1ee9c"},
	},
	{
		language: "en",
		surnames: []string{"\u0928\u094c\u0932\u0930\u093e\u0935", "\u0926\u0947\u0935\u0939\u0930\u0940", "\u0938\u093e\u0930\u0902\u0917\u092a\u0941\u0930", "\u0915\u094b\u0932\u0935\u0932"},
		female:   []string{"\u0938\u0930\u094b\u091c", "\u0915\u093e\u0935\u094d\u092f\u093e", "\u092e\u0940\u0930\u093e"},
		male:     []string{"\u0905\u0930\u094d\u091c\u0941\u0928", "\u0939\u0930\u0940\u0936", "\u0930\u094b\u0939\u0928"},
	},
	{
		language: "en",
		surnames: []string{"\u0627\u0644\u0646\u0648\u0631\u064a", "\u0627\u0644\u0628\u0633\u062a\u0627\u0646\u064a", "\u0634\u0645\u0633\u0627\u0646\u064a", "\u0627\u0644\u0632\u0647\u0631\u0627\u0648\u064a"},
		female:   []string{"\u0644\u064a\u0644\u0649", "\u0633\u0644\u0645\u0649", "\u0646\u0648\u0631\u0629"},
		male:     []string{"\u0643\u0631\u064a\u0645", "\u064a\u0648\u0633\u0641", "\u0633\u0627\u0645\u064a"},
	},
	{
		language: "en",
		surnames: []string{"\u12a8\u1260\u12f0\u12cd", "\u1270\u1235\u134b\u12ec\u1295", "\u1208\u121d\u120b\u121d"},
		female:   []string{"\u1230\u120b\u121b\u12ca\u1275", "\u1205\u12ed\u12c8\u1275"},
		male:     []string{"\u12f3\u12ca\u1275", "\u12ae\u1295"},
	},
	{
		language: "en",
		surnames: []string{"Ngo'ombe", "Ki\u2019maro", "Wambalaba", "Okonjwa", "Tshimbanda", "Nakawungu"},
		female:   []string{"Achieng'", "Zawadi", "Nyambura", "Temperance"},
		male:     []string{"Baraka", "Jabali", "Simba'ti", "Okello"},
	},
}

// The addresses are in Antarctica, which has none.
const country = "AQ"

var localities = []string{"Brightwater", "Kalan\u00e9", "Saint-Orval", "Upper Mirova", "Lissandra's Rest", "\u039b\u03b9\u03bc\u03bd\u03cc\u03c0\u03bf\u03bb\u03b7", "Tumbari", "Eastmoor"}

var streets = []string{"Almond Lane", "Rue de l'\u00c9toile", "Old Ferry Road", "Market Street", "Salt Quay", "Hill Path", "\u0443\u043b. \u0421\u0430\u0434\u043e\u0432\u0430\u044f"}

var regions = []string{"AQ-01", "AQ-02", "AQ-03", "AQ-04", "AQ-05"}
