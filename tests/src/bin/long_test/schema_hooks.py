"""Requests come from the signed-in administrator, and half of them name something that there is: ids that are made up reach nothing
behind the first look-up."""

import json
import os
import random
import urllib.request

import schemathesis

ADDRESS = os.environ["ANJIAN_ADDRESS"]
KNOWN = json.loads(os.environ["ANJIAN_KNOWN"])


@schemathesis.auth(refresh_interval=60)
class Login:
    def get(self, case, context):
        body = json.dumps({"account": "admin", "password": os.environ["ANJIAN_PASSWORD"]}).encode()
        headers = {"Content-Type": "application/json", "Origin": ADDRESS}
        request = urllib.request.Request(f"{ADDRESS}/api/v1/session", body, headers, method="POST")
        with urllib.request.urlopen(request) as answer:
            cookies = answer.headers.get_all("Set-Cookie")
        return "; ".join(cookie.split(";")[0] for cookie in cookies)

    def set(self, case, cookies, context):
        case.headers = {**(case.headers or {}), "Cookie": cookies, "Origin": ADDRESS}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    collection = context.operation.path.removeprefix("/api/v1/").split("/")[0]
    ids = KNOWN.get(collection)
    if ids and path_parameters and "id" in path_parameters and random.random() < 0.5:
        path_parameters["id"] = random.choice(ids)
    return path_parameters
