/** Who may do what. In: a request. Out: the caller, or a refusal. */
package org.jetfanout.service.access;
