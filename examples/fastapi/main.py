# SPDX-License-Identifier: MIT
"""A small site: FastAPI provides the data, Jinja renders the pages.

It has nothing for savecast: no script in the templates, no endpoint.
"""
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

here = Path(__file__).parent
app = FastAPI()
app.mount("/static", StaticFiles(directory=here / "static"), name="static")
pages = Jinja2Templates(directory=str(here / "templates"))


@app.get("/", response_class=HTMLResponse)
def home(request: Request):
    return pages.TemplateResponse(
        name="home.html", context={"request": request, "title": "Tomato"})


@app.get("/about", response_class=HTMLResponse)
def about(request: Request):
    return pages.TemplateResponse(
        name="about.html", context={"request": request, "title": "About tomatoes"})
