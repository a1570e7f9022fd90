#!/usr/bin/python3 -B
"""
What ntpd remembers of the clock and of its servers, and the pictures of it.
"""
import re
import xml.etree.ElementTree

from lib import *

SVG = "{http://www.w3.org/2000/svg}"


def test():
    switch, us, a, b = network("us", "a", "b")
    NtpServer(a)
    NtpServer(b, shift=-0.5)
    d = Daemon(us, "server 10.9.0.2", "server 10.9.0.3")
    ok(d.wait_ready(), "it runs", d.state)
    wait_for(lambda: d.peer("10.9.0.3")["received"] >= 3, 20)

    def lines(what):
        code, out = d.ntpctl("-s", what)[:2]
        return out.splitlines() if code == 0 else []

    history = lines("history")
    ok(len(history) >= 2 and {len(line.split()) for line in history} == {7},
        "each line of the history has seven words", "\n".join(history))
    words = history[-1].split()
    ok(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", words[0]),
        "the first is a time", history[-1])
    samples = [line.split() for line in lines("samples")[1:]]
    ok({words[3].lstrip("*+-x") for words in samples} ==
        {"10.9.0.2", "10.9.0.3"}, "both servers have samples", str(samples))
    ok(all(close_to(float(words[1]) - (-500 if "10.9.0.3" in words[3] else
        0), 0, 200) for words in samples), "and say what they said",
        str(samples))
    said = json.loads(d.ntpctl("-j", "-s", "samples")[1])["samples"]
    ok(len(said) >= len(samples) and
        [s["ago"] for s in said] == sorted([s["ago"] for s in said],
        reverse=True), "JSON has the same, the oldest first", str(said))
    def disagree():
        selection = lines("selection")
        return len(selection) == 3 and \
            all("no majority" in line for line in selection[1:])
    ok(wait_for(disagree, 20), "two that disagree have no majority",
        lambda: "\n".join(lines("selection")))
    d.reconfigure("server 10.9.0.2", "server 10.9.0.9")
    ok([line for line in lines("selection") if "10.9.0.9" in line and
        line.endswith("no answer yet, it takes three")],
        "one that is not there has not answered", lines("selection"))
    picture = xml.etree.ElementTree.fromstring(
        run(NTPCTL, "plot", "-S", d.socket))
    ok(picture.tag == SVG + "svg" and
        len(picture.findall(SVG + "circle")) >= len(samples),
        "the picture is SVG, with the samples")
    text = run(NTPCTL, "plot", "-S", d.socket, "-o", "text")
    ok("frequency" in text and max(map(len, text.splitlines())) <= 80,
        "the one of characters fits in 80 columns", text)


if __name__ == "__main__":
    main(test)
