/** workers.yml: the worker map and its settings. */
package org.jetfanout.workers;
