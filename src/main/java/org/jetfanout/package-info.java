/**
 * jet-fanout pushes a playbook to thousands of hosts through worker machines, over SSH. The rooms
 * are listed in docs/architecture.md, with the rooms that each may use. This package itself holds
 * only what every room uses: bad input, the exit code, and the names of headers.
 */
package org.jetfanout;
