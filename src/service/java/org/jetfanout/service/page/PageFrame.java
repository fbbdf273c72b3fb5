package org.jetfanout.service.page;

/**
 * What is around each page.
 *
 * @param title in the browser's tab
 * @param base what all addresses begin with; empty without a prefix
 * @param links where style sheets and scripts are
 * @param version of jet-fanout
 * @param user who looks; empty before the login
 * @param csrf what each form sends back; empty without a session
 * @param session whether there is one, which can be ended
 * @param stream address of the events that keep the page up to date; empty for none
 * @param events which event means that something has changed
 * @param atRuns whether it is one of the pages about runs
 * @param atStart whether it is one of the pages that start runs
 * @param starts whether there are pages that start runs
 */
record PageFrame(
        String title,
        String base,
        PageAssets.Links links,
        String version,
        String user,
        String csrf,
        boolean session,
        String stream,
        String events,
        boolean atRuns,
        boolean atStart,
        boolean starts) {
    PageFrame withStream(String address, String event) {
        return new PageFrame(
                title, base, links, version, user, csrf, session, address, event, atRuns, atStart,
                starts);
    }
}
