# Lists the accounts of a customer's Dynamics 365 environment; Python 3.9 or later.
# Install: pip install requests
# Run: python3 list_accounts.py
import os
import sys

import requests


def setting(name):
    return os.environ.get(name) or sys.exit(f"Set {name}.")


def ask(method, address, **request):
    try:
        answer = requests.request(method, address, timeout=30, **request)
    except requests.RequestException as error:
        sys.exit(f"No answer from {address}: {type(error).__name__}")
    is_json = "json" in answer.headers.get("Content-Type", "")
    json = answer.json() if is_json else {}
    if answer.ok and json:
        return json
    why = json.get("Message") or json.get("error") or "no message"
    sys.exit(f"{answer.status_code} {answer.reason} from {address}: {why}")


url = setting("DYNAMICS_CONNECT_URL")
client = (setting("DYNAMICS_CONNECT_CLIENT_ID"), setting("DYNAMICS_CONNECT_CLIENT_SECRET"))
bearer = ask("POST", f"{url}/oauth/token", auth=client, data={"grant_type": "client_credentials"})
connection = f"{url}/v1.0/account/connectors/{setting('DYNAMICS_CONNECT_CONNECTION')}"
account = {"X-Account": setting("DYNAMICS_CONNECT_ACCOUNT")}
headers = {"Authorization": f"Bearer {bearer['access_token']}", **account}
token = ask("GET", f"{connection}/token", headers=headers)
dataverse = os.environ.get("DATAVERSE_URL") or token["Resource"]  # another with `npm start` alone
accounts = f"{dataverse}/api/data/v9.2/accounts?$select=name"
headers = {"Authorization": f"Bearer {token['AccessToken']}", "Accept": "application/json"}
for row in ask("GET", accounts, headers=headers)["value"]:
    print(row["name"])
