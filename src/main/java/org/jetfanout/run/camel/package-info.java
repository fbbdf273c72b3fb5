/**
 * Camel and the route files. In: the folder of routes, and the beans for the names in them. Out:
 * running routes, or one line with the file and the place that is wrong. docs/routes.md says what a
 * route must keep. This room does not know the user's other files.
 */
package org.jetfanout.run.camel;
