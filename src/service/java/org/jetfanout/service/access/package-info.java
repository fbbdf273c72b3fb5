/**
 * Who may do what. In: a request with a token, a session's cookie, or the headers of a trusted
 * proxy. Out: the caller, or a refusal. No other room sees these secrets: they are taken off the
 * request.
 */
package org.jetfanout.service.access;
