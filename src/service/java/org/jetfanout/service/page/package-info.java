/** The page for people. In: a request. Out: HTML, and what belongs to it. */
package org.jetfanout.service.page;
