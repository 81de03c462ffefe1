"""Somebody who is logged in, at every worker, again and again.

    logins.py CA TOKEN URL ...

Asks each worker's /auth as a proxy does, one request after another on a connection that is kept, until standard input ends. Prints a line
for each worker then: its URL, how many requests were answered with 200, and how many were not.
"""

import http.client
import ssl
import sys
import threading
import time
import urllib.parse

PAUSE = 0.01


def log_in(url, context, token, ended, result):
    address = urllib.parse.urlsplit(url)
    connection = None
    good = bad = 0
    while not ended.is_set():
        try:
            if connection is None:
                connection = http.client.HTTPSConnection(address.hostname, address.port, context=context, timeout=10)
            connection.request("GET", "/auth", headers={"Authorization": "Bearer " + token})
            response = connection.getresponse()
            response.read()
            good, bad = (good + 1, bad) if response.status == 200 else (good, bad + 1)
        except (OSError, http.client.HTTPException):
            # A worker that is replaced closes its connections between two requests; that is no answer, and no refusal.
            connection = None
        time.sleep(PAUSE)
    result[url] = (good, bad)


def main():
    authority, token, *urls = sys.argv[1:]
    context = ssl.create_default_context(cafile=authority)
    ended, result = threading.Event(), {}
    threads = [threading.Thread(target=log_in, args=(url, context, token, ended, result)) for url in urls]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    for url in urls:
        print(url, *result[url])


main()
