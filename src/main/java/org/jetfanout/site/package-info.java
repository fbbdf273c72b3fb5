/**
 * What the user wrote: inventory, playbooks and workers.yml. Each is read by a room below this one.
 * In: files. Out: values with the file and the line that they come from. These rooms use neither
 * Camel nor SSH.
 */
package org.jetfanout.site;
