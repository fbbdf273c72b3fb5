/**
 * What the user wrote: inventory, playbooks and workers.yml, each read in a room below. In: files.
 * Out: values with the file and the line that they come from. Asks neither Camel nor SSH.
 */
package org.jetfanout.site;
