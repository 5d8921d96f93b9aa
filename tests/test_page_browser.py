"""The review page in a real browser: sorting, filtering, saving, paper, and what an accessibility checker says."""

from __future__ import annotations

import csv
import io
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients import npm
from tests.test_cli import DAY, TOP, smlint

selenium = pytest.importorskip("selenium.webdriver")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
DRAFT = "examples/customer-service-first-draft.yaml"
PAGES = {
    "the draft": (DRAFT,),
    "the draft in Norwegian": (DRAFT, "--lang", "nb"),
    "a sound plan": ("examples/customer-service.yaml",),
    "waivers": ("examples/complete.yaml",),
    "several plans": ("examples",),
    "very many findings": ("examples/published/us-national-archives.yaml",),
    "long names": ("{long}", "--lang", "nb"),
}
WORD = "Menneskerettighetsorganisasjonskommunikasjonsavdelingssjefene"  # sixty letters and no hyphen
LONG = f"""\
smlint: 1
title: {WORD} {WORD}
owner: {{role: {WORD}}}
objectives: [{{id: {WORD}, statement: {WORD} {WORD}}}]
goals:
  - {{id: {WORD}1, statement: {WORD}, owner: {WORD}, success_criteria: [{{id: {WORD}2, metric: custom, name: {WORD}}}]}}
initiatives:
  - {{id: {WORD}3, title: {WORD}, from: 2027-01-01, to: 2027-12-31, hours: 10, goals: [{WORD}1],
     departments: [{WORD}4]}}
channels: [{{id: {WORD}5, platform: {WORD}}}]
departments: [{{id: {WORD}4, name: {WORD}, function: service}}]
investment: {{currency: NOK, people: [{{role: {WORD}, hours: 1000000, rate: 999999}}], tools: 999999999}}
"""
# Whatever leads out of the page is refused, and the browser itself asks for nothing.
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND")  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("chromium and chromedriver are not installed")
    options = selenium.ChromeOptions()
    options.binary_location = CHROMIUM
    for word in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    downloads = tmp_path_factory.mktemp("downloads")
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    driver = selenium.Chrome(options, selenium.ChromeService(DRIVER))
    driver.downloads = downloads
    driver.set_script_timeout(120)  # axe reads a page of a thousand findings; seconds, but many on a busy machine
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    (folder / "long.yaml").write_text(LONG, "utf-8")
    for number, (name, words) in enumerate(PAGES.items()):
        made[name] = folder / f"{number}.html"
        words = tuple(word.format(long=folder / "long.yaml") for word in words)
        assert smlint("report", *words, "-o", str(made[name]), *DAY, cwd=TOP).code == 0
    return made


def opened(browser: Any, file: Path, wide: int = 1280) -> Any:
    browser.set_window_size(wide, 900)
    browser.get(file.as_uri())
    return browser


def rows(browser: Any) -> list[str]:
    """The codes of the findings that are seen, in their order."""
    script = "return [...document.querySelectorAll('.list tbody tr')].filter(r => !r.hidden).map(r => r.id)"
    return list(browser.execute_script(script))


@pytest.mark.parametrize("name", PAGES)
def test_no_error_no_request_and_no_sideways_scrolling(browser: Any, pages: dict[str, Path], name: str) -> None:
    for wide in (390, 1280, 1920):
        opened(browser, pages[name], wide)
        assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []
        over = browser.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, f"{over} pixels too wide at {wide}"
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    addresses = {each["params"]["request"]["url"] for each in asked if each["method"] == "Network.requestWillBeSent"}
    assert {address for address in addresses if address.startswith(("http", "ws", "ftp"))} == set()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Any, pages: dict[str, Path], name: str, dark: bool) -> None:
    axe = (npm("axe-core") / "axe.min.js").read_text("utf-8")
    value = "dark" if dark else "light"
    media = {"features": [{"name": "prefers-color-scheme", "value": value}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    opened(browser, pages[name])
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    browser.execute_script(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    script = "const done = arguments[1]; axe.run({runOnly: arguments[0]}).then(r => done(r.violations))"
    found = browser.execute_async_script(script, tags)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


def test_columns_sort_both_ways(browser: Any, pages: dict[str, Path]) -> None:
    opened(browser, pages["the draft"])
    first = rows(browser)
    head = browser.find_elements("css selector", ".list thead th")[5]
    head.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    points = "return [...document.querySelectorAll('.list tbody tr')].map(r => +r.cells[5].dataset.sort)"
    up = browser.execute_script(points)
    assert up == sorted(up)
    head.find_element("tag name", "button").click()
    assert browser.execute_script(points) == up[::-1]
    assert sorted(rows(browser)) == sorted(first)


def test_findings_filter_and_are_counted(browser: Any, pages: dict[str, Path]) -> None:
    opened(browser, pages["the draft in Norwegian"])
    assert len(rows(browser)) == 59
    select = browser.find_element("css selector", "[data-filter=severity]")
    select.find_element("css selector", "option[value=info]").click()
    assert len(rows(browser)) == 3
    assert browser.find_element("css selector", ".count").text == "3 funn"
    select.find_element("css selector", "option[value='']").click()
    browser.find_element("css selector", "[data-filter=text]").send_keys("sponsor-missing")
    assert len(rows(browser)) == 1


def test_a_link_to_a_finding_shows_it(browser: Any, pages: dict[str, Path]) -> None:
    opened(browser, pages["the draft"])
    browser.find_element("css selector", "[data-filter=severity] option[value=info]").click()
    link = browser.find_element("css selector", ".next a")
    code = link.get_attribute("href").rpartition("#")[2]
    assert code not in rows(browser)
    link.click()
    assert code in rows(browser)


def test_what_is_decided_on_the_page_goes_into_the_plan(browser: Any, pages: dict[str, Path], tmp_path: Path) -> None:
    opened(browser, pages["the draft"])
    row = browser.find_element("css selector", "tr[data-rule=accessibility-missing]")
    row.find_element("css selector", "option[value=accept]").click()
    row.find_element("tag name", "textarea").send_keys('=1+1; "later", æøå')
    browser.execute_script("arguments[0].value = '2027-06-30'", row.find_element("tag name", "input"))
    browser.find_element("css selector", ".save button").click()
    file = Path(browser.downloads) / "smlint-decisions.csv"
    for _ in range(50):
        if file.exists() and file.stat().st_size:
            break
        time.sleep(0.1)
    saved = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    assert [each["Decision"] for each in saved] == ["accept"]
    plan = tmp_path / "customer-service-first-draft.yaml"
    shutil.copy(TOP / DRAFT, plan)
    said = smlint("decisions", str(file), plan.name, *DAY, cwd=tmp_path)
    assert (said.code, said.err) == (0, "")
    assert 'reason: "=1+1; \\"later\\", æøå"' in plan.read_text("utf-8")
    assert "expires: 2027-06-30" in plan.read_text("utf-8")


@pytest.mark.parametrize("name", ["the draft", "several plans"])
def test_it_prints_without_cut_rows(browser: Any, pages: dict[str, Path], name: str) -> None:
    """On paper every row is whole: none is higher than a page, and all may not be broken."""
    opened(browser, pages[name])
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    broken = (
        "return [...document.querySelectorAll('tr')].filter(r => getComputedStyle(r).breakInside !== 'avoid').length"
    )
    assert browser.execute_script(broken) == 0
    browser.set_window_size(1040, 900)
    high = "return Math.max(...[...document.querySelectorAll('tr')].map(r => r.getBoundingClientRect().height))"
    assert browser.execute_script(high) < 600
    assert not browser.find_element("css selector", ".filters").is_displayed()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"landscape": True, "printBackground": True})
    assert len(printed["data"]) > 20_000
