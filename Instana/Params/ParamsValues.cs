using System.Globalization;
using System.Text.Json;
using Granary.Instana.Time;
using Granary.Spelling;

namespace Granary.Instana.Params;

/// <summary>Reads one value by its parameter's data. Null, an empty string and an empty list all mean: not given.</summary>
internal static class ParamsValues
{
    /// <returns>What is wrong, as a predicate that follows the field's name; null when nothing is.</returns>
    public static InputProblem? Read(InstanaParameter parameter, JsonElement element, DateTimeOffset now, out object? value)
    {
        value = null;
        if (element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return null;
        if (parameter.Kind is ParameterKind.IdList or ParameterKind.ChoiceList or ParameterKind.TextList)
            return ReadList(parameter, element, out value);
        if (Scalar(element) is not { } text)
            return Fault(parameter, $"must be {Expected(parameter)}.");
        text = text.Trim();
        return text.Length == 0 ? null : ReadScalar(parameter, text, now, out value);
    }

    private static InputProblem? ReadScalar(InstanaParameter parameter, string text, DateTimeOffset now, out object? value)
    {
        value = null;
        string? problem = null;
        switch (parameter.Kind)
        {
            case ParameterKind.Integer:
                problem = ReadInteger(parameter, text, out value);
                break;
            case ParameterKind.Number:
                problem = ReadNumber(parameter, text, out value);
                break;
            case ParameterKind.Flag:
                value = Flag(text);
                problem = value is null ? "must be true or false." : null;
                break;
            case ParameterKind.Choice:
                return ReadChoice(parameter, text, out value);
            case ParameterKind.Moment:
                // What may lie ahead is for the operation to judge: a maintenance window starts tomorrow.
                if (Moments.TryRead(text, now, out var milliseconds, out problem))
                    value = milliseconds;
                break;
            case ParameterKind.Id:
                problem = CheckId(parameter, text);
                value = text;
                break;
            default:
                problem = text.Length > parameter.MaxLength ? $"is too long: at most {parameter.MaxLength} characters." : null;
                value = text;
                break;
        }
        return problem is null ? null : Fault(parameter, problem);
    }

    private static InputProblem? ReadList(InstanaParameter parameter, JsonElement element, out object? value)
    {
        value = null;
        if (Items(element, parameter.MaxItems + 1) is not { } items)
            return Fault(parameter, $"must be {Expected(parameter)}.");
        if (items.Count > parameter.MaxItems)
            return Fault(parameter, $"has too many items: at most {parameter.MaxItems}.");
        var read = new List<string>();
        foreach (var item in items)
        {
            object? one = item;
            var problem = parameter.Kind switch
            {
                ParameterKind.IdList => CheckId(parameter, item) is { } wrong ? Fault(parameter, "has an item that " + wrong) : null,
                ParameterKind.TextList => item.Length > parameter.MaxLength ? Fault(parameter, $"has an item that is too long: at most {parameter.MaxLength} characters.") : null,
                _ => ReadChoice(parameter, item, out one),
            };
            if (problem is not null)
                return problem;
            if (!read.Contains((string)one!))
                read.Add((string)one!);
        }
        value = read.Count == 0 ? null : read;
        return null;
    }

    /// <summary>The items of an array, of a comma-separated string, or of an array in a string; null when an item is no scalar.</summary>
    private static List<string>? Items(JsonElement element, int enough)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            var items = new List<string>();
            foreach (var item in element.EnumerateArray())
            {
                if (Scalar(item) is not { } text)
                    return null;
                if (text.Trim() is { Length: > 0 } trimmed && !Absent.IsWord(trimmed) && items.Count < enough)
                    items.Add(trimmed);
            }
            return items;
        }
        if (Scalar(element) is not { } list)
            return null;
        list = list.Trim();
        if (list.StartsWith('[') && list.EndsWith(']'))
            list = list[1..^1];
        return [.. list.Split(',').Select(item => item.Trim().Trim('"', '\'').Trim()).Where(item => item.Length > 0).Take(enough)];
    }

    private static InputProblem? ReadChoice(InstanaParameter parameter, string text, out object? value)
    {
        value = parameter.Choices.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? parameter.Synonyms.FirstOrDefault(pair => pair.Key.Equals(text, StringComparison.OrdinalIgnoreCase)).Value
            ?? parameter.Choices.FirstOrDefault(choice => Names.Squash(choice) is { Length: > 0 } squashed && squashed == Names.Squash(text) && !char.IsDigit(squashed[0]));
        // A word that stands for the default is one that need not be sent.
        if (value is "")
            value = null;
        else if (value is null && !parameter.Synonyms.Any(pair => pair.Value.Length == 0 && pair.Key.Equals(text, StringComparison.OrdinalIgnoreCase)))
            return NoSuch(parameter, text);
        return null;
    }

    private static InputProblem NoSuch(InstanaParameter parameter, string text)
    {
        var nearest = NearestName.Of(text, parameter.Choices);
        var hint = nearest is null ? "" : $" Did you mean '{nearest}'?";
        return Fault(parameter, $"has no value '{NearestName.Shorten(text)}'{Allowed(parameter)}.{hint}") with { ValidValues = parameter.Choices };
    }

    /// <summary>The values there are, where they are few enough for a sentence.</summary>
    private static string Allowed(InstanaParameter parameter) => parameter.Choices.Count <= 20 ? $"; it takes {string.Join(", ", parameter.Choices)}" : "";

    private static string? ReadInteger(InstanaParameter parameter, string text, out object? value)
    {
        value = null;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || number != decimal.Truncate(number)
            || number < (parameter.Minimum ?? long.MinValue)
            || number > (parameter.Maximum ?? long.MaxValue))
        {
            return parameter.Minimum is null && parameter.Maximum is null
                ? "must be a whole number."
                : $"must be a whole number from {parameter.Minimum} to {parameter.Maximum}.";
        }
        value = (long)number;
        return null;
    }

    private static string? ReadNumber(InstanaParameter parameter, string text, out object? value)
    {
        value = null;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || number < (parameter.Minimum ?? decimal.MinValue) || number > (parameter.Maximum ?? decimal.MaxValue))
        {
            return parameter.Minimum is null && parameter.Maximum is null ? "must be a number." : $"must be a number from {parameter.Minimum} to {parameter.Maximum}.";
        }
        value = number;
        return null;
    }

    /// <summary>An id becomes a segment of a path: nothing in it may leave that segment.</summary>
    private static string? CheckId(InstanaParameter parameter, string text)
    {
        if (text.Length > parameter.MaxLength)
            return $"is too long for an id: at most {parameter.MaxLength} characters.";
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':' or '=' or '~' or '+'))
                return "is not an id: letters, digits and - _ . : = ~ + only.";
        }
        return text.Trim('.').Length == 0 ? "is not an id." : null;
    }

    private static object? Flag(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => null,
    };

    private static string? Scalar(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    private static string Expected(InstanaParameter parameter) => parameter.Kind switch
    {
        ParameterKind.Integer => "a whole number",
        ParameterKind.Flag => "true or false",
        ParameterKind.Number => "a number",
        ParameterKind.IdList or ParameterKind.ChoiceList or ParameterKind.TextList => "a list of strings",
        ParameterKind.Moment => "epoch milliseconds or a date",
        _ => "a string",
    };

    private static InputProblem Fault(InstanaParameter parameter, string message) => new(parameter.Name, message) { Example = parameter.Example };
}
