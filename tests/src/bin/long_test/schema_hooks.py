"""Lets half of the requests name something that there is: ids that are made up reach nothing behind the first look-up."""

import json
import os
import random

import schemathesis

KNOWN = json.loads(os.environ["ANJIAN_KNOWN"])


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    collection = context.operation.path.removeprefix("/api/v1/").split("/")[0]
    ids = KNOWN.get(collection)
    if ids and path_parameters and "id" in path_parameters and random.random() < 0.5:
        path_parameters["id"] = random.choice(ids)
    return path_parameters
