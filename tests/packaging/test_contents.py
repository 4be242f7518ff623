"""What the wheel and the source distribution carry: everything the tool needs, the same bytes every time."""

from __future__ import annotations

import os
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.packaging.distributions import ROOT, build, checkout

DATA = ("schemas", "templates", "policies", "evidence", "aimsctl.yaml")
pytestmark = pytest.mark.xdist_group("distributions")


def files_below(*tops: str) -> set[str]:
    """The files of the checkout below these names, without what Python leaves behind."""
    found = set()
    for top in tops:
        place = ROOT / top
        paths = [place] if place.is_file() else place.rglob("*")
        found |= {path.relative_to(ROOT).as_posix() for path in paths if path.is_file() and path.suffix != ".pyc"}
    return found


def test_each_mapped_folder_is_in_the_checkout() -> None:
    mapped = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert mapped["force-include"] == {name: f"aimsctl/_data/{name}" for name in DATA}
    assert [name for name in DATA if not files_below(name)] == []


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    carried = {name for name in names if not name.startswith("aimsctl-")}
    assert carried == files_below("aimsctl") | {f"aimsctl/_data/{name}" for name in files_below(*DATA)}
    metadata = {name.split("/", 1)[1] for name in names - carried}
    licences = {"licenses/LICENSE", "licenses/templates/pdf/fonts/OFL.txt"}
    assert metadata == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", *licences}


def test_the_sdist_holds_what_a_packager_builds_and_tests_with(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    wanted = files_below("aimsctl", "tests", "tools", "benchmarks", *DATA)
    wanted |= {"LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml"}
    assert wanted - names == set()
    assert [name for name in names if name.startswith((".venv", "build/", ".git/")) or "_cache" in name] == []


def test_a_wheel_from_the_sdist_is_the_wheel_from_the_checkout(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    (again,) = build(unpacked, tmp_path / "out", "--wheel")
    assert again.read_bytes() == wheel.read_bytes()


@pytest.mark.parametrize("dated", [True, False], ids=["with a date", "without a date"])
def test_two_builds_give_the_same_bytes(tmp_path: Path, dated: bool) -> None:  # noqa: FBT001
    """In another folder and time zone, whether or not the environment says a date."""
    here = {name: value for name, value in os.environ.items() if dated or name != "SOURCE_DATE_EPOCH"}
    first = build(ROOT, tmp_path / "here", env=here)
    second = build(checkout(tmp_path / "elsewhere"), tmp_path / "there", env=here | {"TZ": "Asia/Tokyo"})
    assert [path.name for path in first] == [path.name for path in second]
    assert [
        path.name for path, other in zip(first, second, strict=True) if path.read_bytes() != other.read_bytes()
    ] == []


def test_metadata_names_version_licence_and_scripts(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    folder = next(name for name in archive.namelist() if name.endswith("/METADATA")).rsplit("/", 1)[0]
    metadata = archive.read(f"{folder}/METADATA").decode()
    assert "\nLicense-Expression: Apache-2.0 AND OFL-1.1\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert (
        archive.read(f"{folder}/entry_points.txt").decode().strip()
        == "[console_scripts]\naimsctl = aimsctl.__main__:main"
    )
