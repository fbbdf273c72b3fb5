/**
 * Camel and the route files. In: the folder of routes and the beans that their steps name. Out:
 * running routes, or one line that says which file is wrong and where. What a route must keep is in
 * docs/routes.md. Knows no site.
 */
package org.jetfanout.run.camel;
