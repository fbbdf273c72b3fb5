package org.jetfanout.runner.ansible;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The settings of ansible in the user's environment that mean the same on a worker. Those that name
 * files of this machine, or what a job sets itself, stay here. Pure functions.
 */
final class UserSettings {
    private static final Pattern OURS = Pattern.compile("ANSIBLE_[A-Z0-9_]+");
    private static final Pattern OF_THIS_MACHINE =
            Pattern.compile(
                    "ANSIBLE_(CONFIG|HOME|INVENTORY.*|LIBRARY|MODULE_UTILS|.*_PLUGINS|.*_PATHS?|LOG_PATH"
                            + "|VAULT.*|.*_PASSWORD_FILE|.*_PASSWORD|PRIVATE_KEY_FILE|LOCAL_TEMP|ASK.*|.*_ASK_PASS"
                            + "|SSH_CONTROL_PATH.*|SSH_AGENT.*|RETRY.*|FORKS|REMOTE_USER|ANY_UNPARSED.*|FORCE_COLOR"
                            + "|NOCOLOR|PAGER|CACHE_PLUGIN_CONNECTION|GALAXY.*|RUN_VARS_PLUGINS|VARS_PLUGIN_STAGE"
                            + "|VARS_ENABLED|HOST_KEY_CHECKING|STEP|KEEP_REMOTE_FILES)");

    private UserSettings() {}

    /** The variables that travel. */
    static Map<String, String> of(Map<String, String> environment) {
        Map<String, String> kept = new TreeMap<>();
        environment.forEach(
                (name, value) -> {
                    if (OURS.matcher(name).matches() && !OF_THIS_MACHINE.matcher(name).matches()) {
                        kept.put(name, value);
                    }
                });
        return kept;
    }
}
