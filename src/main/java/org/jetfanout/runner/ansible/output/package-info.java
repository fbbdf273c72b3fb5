/**
 * The meaning of what ansible-playbook says. In: its text, and the events of our callback plugin
 * ({@code jet_fanout.py}), as a worker sent them. Out: {@link org.jetfanout.runner.RunnerEvent},
 * the meaning of lines, and results.
 */
package org.jetfanout.runner.ansible.output;
