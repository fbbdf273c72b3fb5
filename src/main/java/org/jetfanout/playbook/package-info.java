/** Which groups a playbook addresses, and the part of it that a slice needs. */
package org.jetfanout.playbook;
