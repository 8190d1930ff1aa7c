using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Spelling;

namespace Granary.Instana.Params;

/// <summary>Reads a call's <c>params</c> by an operation's data and collects every problem in one pass.</summary>
internal sealed class ParamsBinder
{
    private readonly BoundParams _bound = new();
    private readonly IReadOnlyList<InstanaParameter> _parameters;
    private readonly BindRules _rules;
    private readonly DateTimeOffset _now;
    private readonly PeriodArguments _period;
    private readonly BodyReader _bodies;
    private readonly InstanaParameter? _whole;
    private readonly JsonObject _beside = [];

    private ParamsBinder(IReadOnlyList<InstanaParameter> parameters, BindRules rules, DateTimeOffset now)
    {
        _parameters = parameters;
        _rules = rules;
        _now = now;
        _period = new PeriodArguments(_bound, now);
        _bodies = new BodyReader(_bound, rules, _period, now);
        foreach (var parameter in parameters)
        {
            if (parameter is { Place: ParameterPlace.WholeBody, Kind: ParameterKind.Object })
                _whole = parameter;
        }
    }

    public static BoundParams Bind(ReadOnlyMemory<byte> json, IReadOnlyList<InstanaParameter> parameters, BindRules rules, DateTimeOffset now)
    {
        var binder = new ParamsBinder(parameters, rules, now);
        if (!ParamsText.TryParse(json, out var document, out var fault))
        {
            binder._bound.Add(new InputProblem("params", "params " + fault) { Example = "{}" });
            return binder._bound;
        }
        using (document)
        {
            foreach (var property in document.RootElement.EnumerateObject())
                binder.One(property.Name, property.Name, property.Value, nested: false);
        }
        binder.Complete();
        return binder._bound;
    }

    private void One(string path, string name, JsonElement value, bool nested)
    {
        var squashed = Names.Squash(name);
        if (!nested && TakeWish(path, squashed, value))
            return;
        if (Find(_parameters, squashed) is { } parameter && !(nested && parameter.Kind == ParameterKind.Group))
        {
            if (parameter.Kind == ParameterKind.Group)
                Nested(path, value);
            else
                Take(path, parameter, value);
        }
        else if (_rules.Period.Style != PeriodStyle.None && PeriodArguments.IsName(squashed))
        {
            _period.Read(path, name, value);
        }
        else if (_whole is not null && Find(_whole.Fields, squashed) is { } field)
        {
            if (_bodies.Read(path, field, value) is { } node && !_beside.TryAdd(field.Wire, node) && !JsonNode.DeepEquals(_beside[field.Wire], node))
                _bound.Add(new InputProblem(path, $"{path} is given twice with different values; keep one."));
        }
        else if (!nested && _whole is null && squashed is "payload" or "body" or "requestbody" or "filters" or "filter" or "params" or "arguments"
            && (value.ValueKind == JsonValueKind.Object || value.ValueKind == JsonValueKind.String))
        {
            Nested(path, value);
        }
        else
        {
            Unknown(path, name);
        }
    }

    private void Nested(string path, JsonElement value)
    {
        if (Absent.Is(value, out _))
            return;
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.String))
        {
            _bound.Add(new InputProblem(path, $"{NearestName.Shorten(path)} must be a JSON object."));
            return;
        }
        if (!ParamsText.TryParse(Encoding.UTF8.GetBytes(value.GetRawText()), out var document, out var fault))
        {
            _bound.Add(new InputProblem(path, $"{NearestName.Shorten(path)} {fault}"));
            return;
        }
        using (document)
        {
            foreach (var property in document.RootElement.EnumerateObject())
                One($"{path}.{property.Name}", property.Name, property.Value, nested: true);
        }
    }

    private void Take(string path, InstanaParameter parameter, JsonElement value)
    {
        if (Absent.Is(value, out var word) && !(word == "*" && parameter.TakesStar))
        {
            if (word is not null)
                _bound.Warn($"'{NearestName.Shorten(path)}' was '{word}', which counts as not given.");
            return;
        }
        object? read;
        if (parameter.Kind is ParameterKind.Object or ParameterKind.ObjectList or ParameterKind.TagFilter or ParameterKind.Json)
        {
            read = _bodies.Read(path, parameter, value);
        }
        else if (ParamsValues.Read(parameter, value, _now, out read) is { } fault)
        {
            _bound.Add(fault with { Field = NearestName.Shorten(path), Message = $"{NearestName.Shorten(path)} {fault.Message}" });
            return;
        }
        if (read is null)
            return;
        if (_bound.Value(parameter.Name) is { } before && !Equal(before, read))
        {
            _bound.Add(new InputProblem(
                NearestName.Shorten(path), $"'{parameter.Name}' is given twice with different values ('{NearestName.Shorten(path)}' is one of them); keep one."));
            return;
        }
        _bound.Set(parameter.Name, read);
    }

    private static bool Equal(object one, object other) => (one, other) switch
    {
        (JsonNode a, JsonNode b) => JsonNode.DeepEquals(a, b),
        (IReadOnlyList<string> a, IReadOnlyList<string> b) => a.SequenceEqual(b),
        _ => one.Equals(other),
    };

    private bool TakeWish(string path, string squashed, JsonElement value)
    {
        var wishes = _bound.Wishes;
        switch (squashed)
        {
            case "maxchars" or "maxcharacters":
                if (ParamsValues.Read(AnswerParameters.MaxChars, value, _now, out var chars) is { } fault)
                    _bound.Add(fault with { Message = $"{path} {fault.Message}" });
                else if (chars is long count)
                    wishes.MaxChars = (int)count;
                return true;
            case "cursor" when value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 12:
                wishes.Cursor = value.GetString();
                return true;
            case "confirm" or "confirmed":
                wishes.Confirm = Flag(path, value);
                return true;
            case "dryrun":
                wishes.DryRun = Flag(path, value);
                return true;
            case "resourcesubtype" or "unit":
                return true;
            case "cursor" when Absent.Is(value, out _):
                return true;
            default:
                return false;
        }
    }

    private bool Flag(string path, JsonElement value)
    {
        if (ParamsValues.Read(AnswerParameters.Confirm, value, _now, out var flag) is { } fault)
            _bound.Add(fault with { Field = path, Message = $"{path} {fault.Message}" });
        return flag is true;
    }

    private void Unknown(string path, string name)
    {
        var known = _parameters.Where(parameter => parameter.Kind != ParameterKind.Group).Select(parameter => parameter.Name)
            .Concat(_whole?.Fields.Select(field => field.Name) ?? []).Concat(_rules.Period.Style == PeriodStyle.None ? [] : ["time_range", "from_time", "to_time"]).ToList();
        var nearest = NearestName.Of(Names.ToSnakeCase(name), known);
        var hint = nearest is null ? known.Count == 0 ? " It takes no parameters." : $" Known are: {string.Join(", ", known.Take(25))}." : $" Did you mean '{nearest}'?";
        _bound.Add(new InputProblem(NearestName.Shorten(path), $"'{NearestName.Shorten(path)}' is not a parameter of this operation.{hint}") { ValidValues = known });
    }

    /// <summary>Adds what stands beside the payload, then defaults; says what is missing.</summary>
    private void Complete()
    {
        if (_whole is not null && (_beside.Count > 0 || _bound.Has(_whole.Name) || !_whole.Required))
        {
            var body = _bound.Json(_whole.Name) as JsonObject ?? [];
            foreach (var (name, value) in _beside)
            {
                if (body[name] is { } given && !JsonNode.DeepEquals(given, value))
                    _bound.Add(new InputProblem(name, $"'{name}' stands in {_whole.Name} and beside it with different values; keep one."));
                body[name] = value?.DeepClone();
            }
            _bodies.Complete(_whole.Name, _whole, body);
            _bound.Set(_whole.Name, body);
        }
        foreach (var parameter in _parameters)
        {
            if (parameter.Required && !_bound.Has(parameter.Name) && !(parameter.NamedBy is { } by && _bound.Has(by))
                && !_bound.Problems.Any(problem => problem.Field.EndsWith(parameter.Name, StringComparison.Ordinal)))
            {
                _bound.Add(new InputProblem(parameter.Name, $"{parameter.Name} is required: {parameter.Description}.") { Example = parameter.Example, IsMissing = true });
            }
        }
        _bound.Window = _period.Resolve(_rules.Period);
        if (_bound.Window is { } window)
            _bodies.CheckPoints(window);
    }

    internal static InstanaParameter? Find(IReadOnlyList<InstanaParameter> parameters, string squashed)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.Spelling == squashed)
                return parameter;
        }
        foreach (var parameter in parameters)
        {
            if (parameter.OtherSpellings.Contains(squashed))
                return parameter;
        }
        return null;
    }
}
