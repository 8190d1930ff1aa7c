namespace Granary.Gateway.Access;

/// <summary>What the commands that change a file of an operator's have in common.</summary>
internal static class FileCommand
{
    /// <summary>Does the work, and tells what cannot be used in a sentence.</summary>
    /// <returns>0, or 2 where nothing was changed.</returns>
    public static int Run(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (InvalidDataException e)
        {
            Console.Error.WriteLine($"Error: {e.Message}");
            return 2;
        }
    }
}
