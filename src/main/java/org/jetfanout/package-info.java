/**
 * jet-fanout pushes a playbook to thousands of hosts through worker machines, over SSH. The rooms
 * are listed in docs/architecture.md, with the rooms that each may ask. This package itself holds
 * only what every room uses: bad input and the exit code.
 */
package org.jetfanout;
