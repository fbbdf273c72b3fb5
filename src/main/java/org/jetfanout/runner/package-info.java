/** How to call a runner and how to read what it says. Today's one runner is jetp. */
package org.jetfanout.runner;
