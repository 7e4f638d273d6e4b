"""Crawl: the first stage of onboarding. Reads at most `crawl.max_pages` pages of a website, the best ones first.

`stage.run` is what the engine calls: robots.txt (`robots`), the start page, sitemaps (`sitemap`), then page by page
(`fetcher`, `pages`) what `frontier` holds for best, at the pace that `gate` allows; `verdict` says how it ended.
Every page is stored as it comes (store/sites), so a crawl that dies is taken up where it was.
"""
