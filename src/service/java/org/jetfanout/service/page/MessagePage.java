package org.jetfanout.service.page;

/**
 * The model of {@code message.mustache}: a page that only says something.
 *
 * @param text one or two sentences
 * @param again the page from which the reader came, after the prefix; empty if there is none
 */
record MessagePage(PageFrame frame, String text, String again) {}
