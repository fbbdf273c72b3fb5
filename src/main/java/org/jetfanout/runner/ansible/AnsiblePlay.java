package org.jetfanout.runner.ansible;

import java.nio.file.Path;
import java.util.List;

/**
 * A play, as ansible resolved it.
 *
 * @param number over all playbooks of the run, from 1
 * @param file the playbook that has it
 * @param line where it begins
 * @param name for people
 * @param hosts of the inventory that it addresses, within the limit
 * @param localhost whether it addresses a localhost that is not in the inventory
 * @param unknown whether it addresses none that is in the inventory: tasks may add them
 * @param prompts the variables that it asks the user for (vars_prompt)
 */
record AnsiblePlay(
        int number,
        Path file,
        int line,
        String name,
        List<String> hosts,
        boolean localhost,
        boolean unknown,
        List<String> prompts) {}
