package org.jetfanout.runner.ansible;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of playbooks, roles and included files means something else on workers, and where. */
class PlaybookScanTest {
    @TempDir Path folder;

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** All findings of a playbook whose plays begin at these lines: "MEANING file:line". */
    private Set<String> found(PlaybookScan scan, int... lines) {
        for (int i = 0; i < lines.length; i++) {
            scan.play(
                    new AnsiblePlay(
                            i + 1,
                            folder.resolve("site.yml"),
                            lines[i],
                            "p",
                            List.of("h1"),
                            false,
                            false,
                            List.of()));
        }
        Set<String> found = new TreeSet<>();
        scan.found()
                .forEach(
                        (meaning, places) ->
                                places.forEach(
                                        place ->
                                                found.add(
                                                        meaning
                                                                + " "
                                                                + folder.relativize(place.file())
                                                                + ":"
                                                                + place.line())));
        return found;
    }

    private PlaybookScan scan() {
        return new PlaybookScan(List.of(folder.resolve("shared")), List.of(folder));
    }

    @Test
    void keysOfPlaysAndTasks() throws IOException {
        write(
                "site.yml",
                """
                - hosts: all
                  serial: 2
                  max_fail_percentage: 10
                  any_errors_fatal: true
                  strategy: free
                  connection: local
                  tasks:
                    - command: x
                      run_once: true
                    - block:
                        - command: y
                          delegate_to: db1
                      rescue:
                        - command: z
                          delegate_to: localhost
                          throttle: 1
                      always:
                        - local_action: command w
                - hosts: all
                  strategy: linear
                  any_errors_fatal: no
                  tasks:
                    - command: x
                      run_once: false
                """);
        assertThat(found(scan(), 1, 19))
                .containsExactlyInAnyOrder(
                        "SERIAL site.yml:2",
                        "MAX_FAIL site.yml:3",
                        "ANY_ERRORS_FATAL site.yml:4",
                        "STRATEGY site.yml:5",
                        "LOCAL site.yml:6",
                        "RUN_ONCE site.yml:9",
                        "DELEGATE site.yml:12",
                        "LOCAL site.yml:15",
                        "THROTTLE site.yml:16",
                        "LOCAL site.yml:18");
    }

    @Test
    void expressionsButNotWordsInTexts() throws IOException {
        write(
                "site.yml",
                """
                - hosts: all
                  vars:
                    leader: "{{ groups['web'][0] }}"
                    own: "{{ hostvars[inventory_hostname].x }}"
                    text: hostvars['h1'] in a text is no template
                  tasks:
                    - debug:
                        msg: "{{ hostvars['h2']['ansible_facts'] }}"
                    - debug: msg=x
                      when: inventory_hostname == groups.web | first
                    - template: {src: a.j2, dest: /a}
                      loop: "{{ ansible_play_hosts }}"
                    - set_fact: {v: "{{ lookup('env', 'HOME') }} {{ lookup('file', 'x') }}"}
                    - copy: src=/srv/big dest=/x
                    - copy: {src: /srv/big, dest: /x, remote_src: true}
                    - ansible.builtin.fetch: {src: /x, dest: y}
                    - pause: {prompt: go on?}
                    - pause: {seconds: 1}
                    - meta: refresh_inventory
                    - group_by: {key: "os_{{ x }}"}
                """);
        assertThat(found(scan(), 1))
                .containsExactlyInAnyOrder(
                        "LEADER site.yml:3",
                        "OTHERS site.yml:8",
                        "LEADER site.yml:10",
                        "PLAY_HOSTS site.yml:12",
                        "LOOKUP site.yml:13",
                        "CONTROL_FILE site.yml:14",
                        "FETCH site.yml:16",
                        "PAUSE site.yml:17",
                        "REFRESH site.yml:19",
                        "ADDED site.yml:20");
    }

    @Test
    void rolesIncludesAndTemplatesAreFollowed() throws IOException {
        write(
                "site.yml",
                """
                - hosts: all
                  roles:
                    - role: app
                  tasks:
                    - include_tasks: more/tasks.yml
                    - import_role: {name: third}
                """);
        write("more/tasks.yml", "- command: x\n  run_once: yes\n- include_tasks: next.yml\n");
        write("more/next.yml", "- command: x\n  run_once: yes\n");
        write("roles/app/tasks/main.yml", "- command: x\n  delegate_to: \"{{ other }}\"\n");
        write("roles/app/meta/main.yml", "dependencies:\n  - base\n");
        write("roles/app/templates/t.j2", "a\n{{ hostvars['x'].y }}\n");
        write("shared/base/handlers/main.yml", "- command: x\n  run_once: true\n");
        write("roles/third/tasks/main.yml", "- command: x\n  throttle: 3\n");
        write("roles/unused/tasks/main.yml", "- command: x\n  run_once: true\n");
        assertThat(found(scan(), 1))
                .containsExactlyInAnyOrder(
                        "RUN_ONCE more/tasks.yml:2",
                        "RUN_ONCE more/next.yml:2",
                        "DELEGATE roles/app/tasks/main.yml:2",
                        "OTHERS roles/app/templates/t.j2:2",
                        "RUN_ONCE shared/base/handlers/main.yml:2",
                        "THROTTLE roles/third/tasks/main.yml:2");
    }

    @Test
    void lookupsOfFilesThatDoNotTravel() throws IOException {
        write(
                "site.yml",
                """
                - hosts: all
                  vars:
                    a: "{{ lookup('file', '/etc/hosts') }}"
                    b: "{{ lookup('ansible.builtin.template', 't.j2') }}"
                    c: "{{ query('fileglob', where) }}"
                    d: "{{ q('pipe', 'date') }}"
                    e: "{{ lookup('csvfile', 'x file=/srv/a.csv') }}"
                    f: "{{ lookup('vars', 'x') }}"
                  tasks:
                    - debug: msg=x
                      with_file: [a.txt, /etc/motd]
                    - debug: msg=x
                      with_fileglob: files/*
                    - debug: msg=x
                      with_lines: date
                    - debug: msg="{{ lookup('file', '%s/x') }}"
                """
                        .formatted(folder));
        assertThat(found(scan(), 1))
                .containsExactlyInAnyOrder(
                        "LOOKUP site.yml:3",
                        "LOOKUP site.yml:5",
                        "LOOKUP site.yml:6",
                        "LOOKUP site.yml:7",
                        "LOOKUP site.yml:11",
                        "LOOKUP site.yml:15");
    }

    @Test
    void loginNamesAndArgumentsForSsh() throws IOException {
        write(
                "site.yml",
                "- hosts: all\n  remote_user: deploy\n  tasks:\n    - ping:\n      remote_user: \"{{ who }}\"\n");
        write(
                "group_vars/all.yml",
                "secret: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  00\nansible_user: ops\nansible_ssh_args: -o X=y\n");
        PlaybookScan scan = scan();
        scan.variables(folder.resolve("group_vars"));
        assertThat(found(scan, 1)).containsExactly("SSH_ARGS group_vars/all.yml:5");
        assertThat(scan.users()).containsExactlyInAnyOrder("ops", "deploy", "{{ who }}");
    }

    @Test
    void whatCannotBeReadIsLeftToAnsible() throws IOException {
        write(
                "site.yml",
                "- hosts: all\n  tasks:\n    - include_tasks: broken.yml\n    - include_tasks: missing.yml\n");
        write("broken.yml", "- [\n");
        assertThat(found(scan(), 1)).isEmpty();
    }
}
