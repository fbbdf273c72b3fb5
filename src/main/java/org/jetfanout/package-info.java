/** jet-fanout: pushes a playbook to thousands of hosts through worker machines, over SSH. */
package org.jetfanout;
