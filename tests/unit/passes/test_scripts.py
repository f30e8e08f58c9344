"""The two scripts: small enough, from nobody else, and blinding as RFC 9474 has it."""

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from donations.assets import asset_folder

VECTOR = Path(__file__).with_name("rfc9474_appendix_a1.json")
SCRIPTS = asset_folder("static") / "js"
NODE = shutil.which("node")

BLINDING = """
import { blind, uncover } from "./blind.mjs";
import { readFileSync } from "node:fs";
const vector = JSON.parse(readFileSync(process.argv[2]));
const bytes = (hex) => Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16));
const number = (hex) => BigInt(`0x${hex}`);
const hex = (one) => Buffer.from(one).toString("hex");
const key = { n: number(vector.p) * number(vector.q), e: number(vector.e) };
const prepared = bytes(vector.msg_prefix + vector.msg);
const told = await blind(prepared, key, bytes(vector.salt), number(vector.inv));
const signature = await uncover(prepared, bytes(vector.blind_sig), number(vector.inv), key);
const other = await uncover(prepared.slice(1), bytes(vector.blind_sig), number(vector.inv), key);
const fresh = [await blind(prepared, key), await blind(prepared, key)];
console.log(JSON.stringify({
  blinded: hex(told.blinded), sig: hex(signature), other: other ?? null,
  fresh: hex(fresh[0].blinded) !== hex(fresh[1].blinded) && fresh[0].secret !== fresh[1].secret,
}));
"""

READING = """
import vm from "node:vm";
import { readFileSync } from "node:fs";
const { script, cases } = JSON.parse(readFileSync(process.argv[2]));
const results = cases.map(({ hash = "", cookie = "", from, now, origin = "https://news.example" }) => {
  const parts = ["ask", "supporter", "member"].map((name) => ({ dataset: { [name]: "" }, hidden: name !== "ask" }));
  const set = [], storage = from ? { passFrom: from } : {};
  const document = {
    documentElement: { dataset: {} },
    querySelectorAll: () => parts,
    get cookie() { return [cookie, ...set.map((one) => one.split(";")[0])].join("; "); },
    set cookie(text) { set.push(text); },
  };
  const seen = {};
  const world = {
    document, sessionStorage: storage, atob, addEventListener() {},
    Date: Object.assign(class extends Date {}, { now: () => now, UTC: Date.UTC }),
    location: { hash, origin, pathname: "/a", search: "", replace: (url) => { seen.back = url; } },
    history: { replaceState: (a, b, url) => { seen.url = url; } },
  };
  vm.runInNewContext(script, world);
  return { ...seen, set, level: document.documentElement.dataset.pass ?? null, hidden: parts.map((one) => !!one.hidden) };
});
console.log(JSON.stringify(results));
"""

NOW = 1_795_521_600_000  # 2026-11-24 12:00 UTC, in milliseconds
OPEN = {"member": [True, False, False], "supporter": [True, False, True], None: [False, True, True]}


def coded(text):
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def jwt(level="member", aud="https://news.example", seconds=3600):
    claims = {"aud": aud, "level": level, "exp": NOW // 1000 + seconds}
    return f"{coded('{}')}.{coded(json.dumps(claims))}.sig"


def blind(level="member", day="20261124", site="https://news.example"):
    said = coded("\x7f" * 32 + f"donations pass 1\0{site}\0" + "n" * 16)
    return f"b.{day}-{level}-abc234.{said}.sig"


@pytest.fixture
def run(tmp_path):
    if NODE is None:
        pytest.skip("needs Node.js, to run what browsers run")

    def one(program, given):
        (tmp_path / "blind.mjs").write_text((SCRIPTS / "blind.js").read_text())
        (tmp_path / "program.mjs").write_text(program)
        done = subprocess.run(
            [NODE, tmp_path / "program.mjs", given], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return one


@pytest.fixture
def read(run, tmp_path):
    def cases(*several):
        given = tmp_path / "cases.json"
        script = (SCRIPTS / "pass.js").read_text()
        given.write_text(
            json.dumps({"script": script, "cases": [{"now": NOW, **c} for c in several]})
        )
        return run(READING, given)

    return cases


def test_the_script_for_pages_is_served_in_2_kb(client):
    answer = client.get("/static/js/pass.js", buffered=True)
    assert answer.status_code == 200
    assert len(answer.data) <= 2048


@pytest.mark.parametrize("name", ["pass.js", "blind.js"])
def test_a_script_loads_and_asks_nothing(name):
    text = (SCRIPTS / name).read_text()
    assert not re.search(r"https?://|fetch\(|XMLHttp|sendBeacon|import[ (]|eval\(|innerHTML", text)


def test_a_browser_blinds_and_uncovers_as_the_vector_of_rfc_9474_has_it(run):
    told = run(BLINDING, VECTOR)
    vector = json.loads(VECTOR.read_text())
    assert told == {
        "blinded": vector["blinded_msg"],
        "sig": vector["sig"],
        "other": None,
        "fresh": True,
    }


def test_either_pass_hides_the_ask_and_shows_what_is_for_its_level(read):
    levels = ("member", "supporter")
    told = read(*({"cookie": f"x=1; pass={kind(one)}"} for kind in (jwt, blind) for one in levels))
    for one, level in zip(told, levels * 2, strict=True):
        assert (one["level"], one["hidden"]) == (level, OPEN[level])


def test_what_is_over_for_another_site_or_no_pass_shows_what_everyone_sees(read):
    other = "https://other.example"
    texts = ["", "nonsense", "a.b.c", "b.x.y.z", jwt(seconds=0), jwt(aud=other)]
    texts += [blind(day="20261122"), blind(site=other)]
    for one in read(*({"cookie": f"pass={text}"} for text in texts)):
        assert (one["level"], one["hidden"]) == (None, OPEN[None])


def test_a_blind_pass_is_good_until_the_next_day_ends(read):
    end = NOW + 36 * 3600 * 1000
    last, over = read(*({"cookie": f"pass={blind()}", "now": at} for at in (end - 2000, end)))
    assert (last["level"], over["level"]) == ("member", None)


def test_a_pass_that_arrives_is_kept_until_it_is_over_and_leaves_the_address(read):
    (told,) = read({"hash": f"#pass={jwt()}"})
    assert told["set"] == [f"pass={jwt()};path=/;max-age=3600;samesite=lax;secure"]
    assert told["url"] == "/a"
    assert told["hidden"] == OPEN["member"]
    assert "back" not in told


def test_whoever_came_from_a_page_of_the_site_is_led_back_to_it(read):
    good, bad = read(
        {"hash": f"#pass={jwt()}", "from": "https://news.example/story"},
        {"hash": "#pass=nonsense", "from": "https://news.example/story"},
    )
    assert good["back"] == "https://news.example/story"
    assert "back" not in bad
    assert bad["set"] == []
