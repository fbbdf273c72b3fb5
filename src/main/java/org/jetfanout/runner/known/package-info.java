/** Chooses the runner of a run. Only this package knows each of the runners. */
package org.jetfanout.runner.known;
