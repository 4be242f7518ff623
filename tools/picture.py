"""Writes the pictures of README: the readiness report of the worked example, and a page of one of its documents.

Needs the Chromium of this machine, and pdftoppm.

python tools/picture.py    writes docs/images/*.png
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import FloatRect, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WINDOW: ViewportSize = {"width": 1280, "height": 1000}
SCALE = 0.75
# What each picture shows: from the top of one element to the bottom of another.
PICTURES = {
    "readiness-answer.png": (".cover", "#answer .figures + p"),
    "readiness-grid.png": ("#proof", "#proof .tiles"),
}
MARGIN = 24


def report(folder: Path) -> Path:
    """The page of the worked example."""
    page = folder / "report.html"
    command = [sys.executable, "-P", "-m", "aimsctl", "report", "--as-of", "2026-11-01", "--out", str(page)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return page


def statement(folder: Path) -> Path:
    """The second page of the statement of applicability, where its rows begin."""
    name = "statement-of-applicability"
    command = [sys.executable, "-P", "-m", "aimsctl", "render", name, "--format", "pdf", "--out", str(folder)]
    subprocess.run([*command, "--as-of", "2026-11-01"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    target = IMAGES / f"{name}.png"
    draw = ["pdftoppm", "-r", "80", "-f", "2", "-l", "2", "-singlefile", "-png", str(folder / f"{name}.pdf")]
    subprocess.run([*draw, str(target.with_suffix(""))], check=True)
    return target


def clipping(begin: FloatRect | None, end: FloatRect | None) -> FloatRect:
    """What lies between two boxes, as wide as the first, with a margin. Raises ValueError if one is not on the page."""
    if begin is None or end is None:
        raise ValueError("the page has lost a part that the picture shows")
    left = max(begin["x"] - MARGIN, 0)
    width = min(begin["width"] + 2 * MARGIN, WINDOW["width"])
    return {"x": left, "y": begin["y"], "width": width, "height": end["y"] + end["height"] + MARGIN - begin["y"]}


def main() -> int:
    """Writes the pictures; 1 if there is no browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"none of {', '.join(BROWSERS)} is installed", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser)
        page = started.new_page(viewport=WINDOW, device_scale_factor=SCALE)
        page.goto(report(Path(folder)).as_uri())
        for name, (first, last) in PICTURES.items():
            begin, end = (page.locator(selector).bounding_box() for selector in (first, last))
            clip = clipping(begin, end)
            page.screenshot(path=IMAGES / name, full_page=True, clip=clip)
            print(IMAGES / name)
        started.close()
    with tempfile.TemporaryDirectory() as made:
        print(statement(Path(made)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
