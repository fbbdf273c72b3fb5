/**
 * The inventory. In: the user's files, folders and programs. Out: groups, hosts and their
 * variables, in jetp's order of precedence. It runs an inventory program once. No data leaves the
 * machine.
 */
package org.jetfanout.site.inventory;
