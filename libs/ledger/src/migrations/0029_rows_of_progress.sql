-- Up Migration
-- Lines say which progress rows a partner should show, each once: every line is folded anew when its agency is compared next.
update book_refreshes set built_to = 0;

-- Down Migration
-- Forward only: migrations expand, and contract a release later.
