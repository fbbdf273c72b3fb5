/**
 * The inventory. In: files, folders, programs of the user's. Out: groups, hosts and their
 * variables, in jetp's own order of precedence. Runs an inventory program once; nothing else leaves
 * the machine.
 */
package org.jetfanout.site.inventory;
