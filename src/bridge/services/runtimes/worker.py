# A Python process that calls handlers of a package, one at a time. Run as text by runtime-worker.ts: it hears one line of JSON
# a call on descriptor 3, and answers on 4.
import contextlib, importlib.util, io, json, os, sys, traceback

requests = os.fdopen(3, "rb")
answers = os.fdopen(4, "wb", 0)
modules = {}


def module_of(file):
    if file not in modules:
        folder = os.path.dirname(file)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        name = "luaskills_handler_%d" % len(modules)
        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        modules[file] = module
    return modules[file]


def called(request):
    name = request.get("handler") or "main"
    handler = getattr(module_of(request["file"]), name, None)
    if not callable(handler):
        raise AttributeError('%s has no function "%s"' % (request["file"], name))
    value = handler(request.get("args"), request.get("context"))
    return {"ok": True, "value": json.loads(json.dumps(value, allow_nan=False))}


for line in requests:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            answer = called(json.loads(line))
        except BaseException as thrown:
            answer = {"ok": False, "error": str(thrown) or type(thrown).__name__, "trace": traceback.format_exc()}
    answer.update(stdout=out.getvalue(), stderr=err.getvalue())
    answers.write((json.dumps(answer) + "\n").encode())
