#!/bin/sh
# A CI job: asks the workers, keeps the plan, runs, keeps the record. Exit code: that of the run.
set -eu
site=${1:?which site folder?}
artifacts=${2:?where to leave plan and record?}
mkdir -p "$artifacts"
set -- --playbook "$site/playbook.yml" --inventory "$site/inventory" --worker-config "$site/workers.yml" --user "${DEPLOY_USER:-deploy}"

jet-fanout plan "$@" --json >"$artifacts/plan.json"
jet-fanout check "$@"
code=0
jet-fanout "$@" >"$artifacts/output.txt" || code=$?
guid=$(head -n 1 "$artifacts/output.txt")
tar -czf "$artifacts/$guid.tar.gz" -C "${XDG_STATE_HOME:-$HOME/.local/state}/jet-fanout/runs" "$guid"
exit $code
