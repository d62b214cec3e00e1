"""LibreOffice as a reader of our files: what it makes of them is what people who open them see."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

OFFICE = next(filter(None, map(shutil.which, ("soffice", "libreoffice", "localc"))), None)
SECONDS = 180  # for one conversion; the first makes a profile
# comma, quote where needed, UTF-8, from the first line, values as they are stored, every sheet to a file of its own
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
TABLE, TEXT, LINK = (
    "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}",
    "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}",
    "{http://www.w3.org/1999/xlink}",
)

with_office = pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on this machine")


def convert(file: Path, to: str, folder: Path) -> Path:
    """Open a file in LibreOffice and save it as another format; the folder with what came of it.

    The profile is the test's own, so that another LibreOffice that runs is left alone.
    """
    assert OFFICE is not None
    folder.mkdir(parents=True, exist_ok=True)
    profile, log = folder.parent / "profile", folder.parent / "office.log"
    command = [OFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo"]
    command += ["--convert-to", to, "--outdir", str(folder), str(file)]
    with log.open("wb") as told:
        # a group of its own: the command is a script, and what it starts has to end with it
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    assert code == 0, log.read_text(encoding="utf-8", errors="replace")
    assert any(folder.iterdir()), log.read_text(encoding="utf-8", errors="replace")
    return folder


def formulas_of(ods: Path) -> list[str]:
    """Every formula in an OpenDocument sheet."""
    return [cell.attrib[f"{TABLE}formula"] for cell in _content(ods).iter() if f"{TABLE}formula" in cell.attrib]


def links_of(ods: Path) -> list[str]:
    """Every link in an OpenDocument sheet."""
    return [element.attrib[f"{LINK}href"] for element in _content(ods).iter() if f"{LINK}href" in element.attrib]


def _content(ods: Path) -> ElementTree.Element:
    with zipfile.ZipFile(ods) as parts:
        return ElementTree.fromstring(parts.read("content.xml"))
