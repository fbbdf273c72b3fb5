/**
 * Where the routes meet the beans: starts Camel with the routes of {@code routes/} and gives each
 * name in them its step. Knows no command line.
 */
package org.jetfanout.pipeline;
