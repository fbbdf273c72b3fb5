package org.jetfanout.runner.ansible;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which settings of the user's environment go to workers. */
class UserSettingsTest {
    @Test
    void whatMeansTheSameThere() {
        assertThat(
                        UserSettings.of(
                                Map.of(
                                        "ANSIBLE_PIPELINING", "1",
                                        "ANSIBLE_STDOUT_CALLBACK", "minimal",
                                        "ANSIBLE_VAULT_PASSWORD_FILE", "/home/me/secret",
                                        "ANSIBLE_ROLES_PATH", "/home/me/roles",
                                        "ANSIBLE_CALLBACK_PLUGINS", "/x",
                                        "ANSIBLE_CONFIG", "/x",
                                        "ANSIBLE_BECOME_PASSWORD_FILE", "/x",
                                        "HOME", "/home/me",
                                        "ANSIBLE_FORKS", "3")))
                .isEqualTo(Map.of("ANSIBLE_PIPELINING", "1", "ANSIBLE_STDOUT_CALLBACK", "minimal"));
    }
}
