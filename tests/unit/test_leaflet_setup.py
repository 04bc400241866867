"""The map's library is used only when it is exactly the one that was looked at."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def check(
    folder: Path, content: bytes, sum_of: str = ""
) -> subprocess.CompletedProcess:
    archive = folder / "leaflet-1.9.4.tgz"
    archive.write_bytes(content)
    script = f"""
        set -euo pipefail
        CACHE={folder} SUITE_DIR={folder}
        source {ROOT}/setup/lib/leaflet.sh
        {sum_of}
        check_leaflet {archive}
    """
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False
    )


def test_another_file_under_the_same_name_is_refused(tmp_path):
    answer = check(tmp_path, b"not Leaflet")
    assert answer.returncode == 1
    assert "is not what it must be" in answer.stdout
    assert "SHA-512 expected 9f14b5ca" in answer.stdout


def test_the_file_of_the_sum_is_taken(tmp_path):
    own = f'LEAFLET_SHA512="$(sha512sum {tmp_path}/leaflet-1.9.4.tgz | cut -d" " -f1)"'
    answer = check(tmp_path, b"Leaflet", own)
    assert answer.returncode == 0
    assert answer.stdout == ""
