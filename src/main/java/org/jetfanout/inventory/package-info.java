/** Hosts, groups and variables: jet directories and executables. */
package org.jetfanout.inventory;
