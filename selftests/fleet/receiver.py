#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What Alertmanager tells a receiver, a line each: receiver.py PORT START

START is when the clock of the lines began, in seconds since the epoch.
"""
import http.server
import json
import sys
import time

start = float(sys.argv[2])
told = {}


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"]))
        for alert in json.loads(text)["alerts"]:
            if told.get(alert["fingerprint"]) != alert["status"]:
                told[alert["fingerprint"]] = alert["status"]
                self.tell(alert)
        self.send_response(200)
        self.end_headers()

    def tell(self, alert):
        labels = alert["labels"]
        print(f"{time.time() - start:6.1f}", alert["status"], labels["alertname"],
              "netns=" + labels.get("netns", "-"), labels.get("address", "-"),
              alert["annotations"].get("description", ""), flush=True)

    def log_message(self, *args):
        pass


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
