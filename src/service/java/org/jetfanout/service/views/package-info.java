/**
 * What is shown of runs. In: run records. Out: plain values for the API, the page and the streams.
 * Changes nothing.
 */
package org.jetfanout.service.views;
