/**
 * Playbooks as jetp reads them. In: files. Out: plays with their groups, or an error of one line
 * with file and line.
 */
package org.jetfanout.site.playbook;
