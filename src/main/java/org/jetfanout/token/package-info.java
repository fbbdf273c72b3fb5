/**
 * The tokens with which programs and people come to the service. In: names, scopes, the text of a
 * token that somebody sent. Out: what that token allows. Only hashes of tokens are kept. This room
 * knows neither HTTP nor the service, so that the command line can make tokens without it.
 */
package org.jetfanout.token;
