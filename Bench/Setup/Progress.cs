namespace Granary.Bench.Setup;

/// <summary>What a person sees while it runs.</summary>
internal static class Progress
{
    /// <summary>Says what is going on, on standard error: standard output is the result.</summary>
    public static void Say(string text) => Console.Error.WriteLine($"   {text}");
}
