"""Makes canonical.json: golden vectors for what is signed in the canonical forms of dialects, by Python's
json module, which shares nothing with the project.
  python3 canonical.py > canonical.json
"""
import json

HEADER = {"version": "1.0.0", "message_id": "m-1", "message_ts": "2026-01-02T03:04:05Z", "action": "search",
          "sender_id": "spmis.example.org", "receiver_id": "social.example.org", "total_count": 1}
MESSAGE = {"transaction_id": "t-1", "search_request": [{"reference_id": "r-1", "timestamp": "2026-01-02T03:04:05Z"}]}
NULLS = ["sender_uri", "receiver_id", "status", "status_reason_code", "status_reason_message", "total_count",
         "completed_count", "is_msg_encrypted", "meta"]

CASES = [
    ("plain", HEADER, MESSAGE),
    ("members in another order", dict(reversed(HEADER.items())), MESSAGE),
    ("names beyond ASCII", HEADER, {"note": "Siobhán Ní Dhómhnaill, សុខា, محمد, 李四, José"}),
    ("an accent that is decomposed", HEADER, {"note": "Jose\u0301"}),
    ("beyond the BMP, control characters and escapes", HEADER,
     {"note": "\U0001F33E\u0000\u0008\u000b\u000c\n\r\t\u001f\u007f\u0080\u2028\"\\/<>&"}),
    ("member names sort by code point", {**HEADER, "meta": {
        "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001F600": 5, "\u0080": 6, "\u00f6": 7, "a": 8, "A": 9, "\u007f": 10, "aa": 11}}, MESSAGE),
    ("numbers", {**HEADER, "meta": {"a": 1e21, "b": 1e-7, "c": 0.1, "d": -0.0, "e": 9007199254740993, "f": 1.0, "g": 10 ** 30, "h": -5}}, MESSAGE),
    ("null, true and empty containers", {**HEADER, "meta": None}, {"search_request": [], "x": {}, "y": True, "z": [None, False]}),
    ("nested objects are sorted too", HEADER, {"b": [{"d": 1, "c": {"f": 2, "e": 3}}], "a": ""}),
]


def signed(header, message, **how):
    return json.dumps({"header": header, "message": message}, separators=(",", ":"), **how)


def nulled(header):
    return {**{name: None for name in NULLS}, **header}


print(json.dumps([{
    "name": name,
    # As the bytes travel: with blanks, which no form has.
    "body": json.dumps({"signature": "", "header": header, "message": message}, ensure_ascii=False),
    "ascii": signed(header, message, sort_keys=True, ensure_ascii=True),
    "insertion": signed(header, message, ensure_ascii=False),
    "ascii-nulls": signed(nulled(header), message, sort_keys=True, ensure_ascii=True),
} for name, header, message in CASES], indent=1))
