"""Runs MiniStack 1.5.33 with six of its defects corrected. Each correction first shows that the defect is there: over another
version, in which it may be gone or moved, nothing starts."""

import asyncio
import inspect
import json
import sys
from importlib.metadata import version

from ministack import app
from ministack.core import lambda_runtime, tls
from ministack.services import apigateway, dynamodb

PROVEN_WITH = "1.5.33"


def expect(there, what):
    if not there:
        sys.exit(f"launch: {what} is not as MiniStack {PROVEN_WITH} has it; see whether its correction is still needed")


expect(version("ministack") == PROVEN_WITH, "the version " + version("ministack"))

# 1. The runtime API writes header and body one by one, and Nagle's algorithm holds the second back for 40 ms at each invocation.
build = lambda_runtime.ProvidedWorker._build_handler_class
made = build(None, 0, None)
expect(made.disable_nagle_algorithm is False and made.wbufsize == 0, "the runtime API's connection")


def build_without_delay(self, generation, pending):
    handler = build(self, generation, pending)
    handler.disable_nagle_algorithm = True
    return handler


lambda_runtime.ProvidedWorker._build_handler_class = build_without_delay

# 2. Every answer waits up to 50 ms for a log line, and 5 ms more for another. Lines that come later go with the next answer.
drain = lambda_runtime.Worker._drain_stderr_bounded
expect(drain.__defaults__ == (0.050, 0.005, 0.250), "the wait for log lines")
drain.__defaults__ = (0.002, 0.001, 0.250)

# 3. CORS settings from CloudFormation keep its capitals, which the answers do not know: every preflight is refused.
cors = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"]}
expect(apigateway._cors_preflight_response(cors, "https://a.example")[0] == 403, "the answer to a preflight")


def with_small_letters(answer):
    return lambda settings, origin: answer({k[:1].lower() + k[1:]: v for k, v in settings.items()}, origin)


apigateway._cors_preflight_response = with_small_letters(apigateway._cors_preflight_response)
apigateway._cors_response_headers = with_small_letters(apigateway._cors_response_headers)
expect(apigateway._cors_preflight_response(cors, "https://a.example")[0] != 403, "the corrected answer to a preflight")

# 4. Under TLS the JWT authorizer goes on asking for the user pool's keys without it.
keys = apigateway._resolve_jwks_url
pool = {"jwtConfiguration": {"issuer": "https://cognito-idp.eu-west-2.amazonaws.com/pool"}}
expect(asyncio.run(keys(pool)).startswith("http://"), "the address of a user pool's keys")


async def keys_over_tls(authorizer):
    url = await keys(authorizer)
    return url.replace("http://", "https://", 1) if url and tls.use_ssl_enabled() else url


apigateway._resolve_jwks_url = keys_over_tls

# 5. A table whose recovery is on can be brought back to the present second only, which is over before anybody asks for it.
recovery = dynamodb._describe_continuous_backups
expect('pitr_desc["EarliestRestorableDateTime"] = now' in inspect.getsource(recovery), "the time from which a table can be brought back")


def recovery_since_creation(data):
    status, headers, body = recovery(data)
    answer = json.loads(body)
    described = answer.get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
    if "EarliestRestorableDateTime" in described:
        described["EarliestRestorableDateTime"] = dynamodb._tables[dynamodb._normalize_table_name(data["TableName"])]["CreationDateTime"]
    return status, headers, json.dumps(answer).encode()


dynamodb._describe_continuous_backups = recovery_since_creation

# 6. It answers /health itself, whichever host is asked, so that no API is reached at that path.
expect("/health" in app._HEALTH_PATHS, "its own answer to /health")
app._HEALTH_PATHS = ("/_ministack/health",)

# Under TLS it would take port 443, too; one port of its own is enough.
app._port_is_bindable = lambda host, port: False

if __name__ == "__main__":
    app.main()
