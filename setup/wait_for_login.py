"""Wait until a page answers, or the process that should serve it is gone.

Usage: wait_for_login.py PID URL
"""

import os
import sys
import time
import urllib.error
import urllib.request

PATIENCE_S = 180


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status == 200
    except urllib.error.HTTPError as error:
        sys.exit(f"{url} answers {error.code}")
    except OSError:
        return False


def main(pid, url):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if answers(url):
            return
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            sys.exit("the server ended")
        time.sleep(0.2)
    sys.exit(f"no answer from {url} in {PATIENCE_S} seconds")


if __name__ == "__main__":
    main(*sys.argv[1:])
