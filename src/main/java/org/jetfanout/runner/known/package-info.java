/** Which runner a run has. The only package that knows each of them. */
package org.jetfanout.runner.known;
