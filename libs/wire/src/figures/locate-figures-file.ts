import { locateFile, type LocatedFile } from '../parse-agency-file.js';
import { validateFiguresFile, type FiguresFile } from './figures-file.js';

/** Throws AgencyFileError, with the place of each fault. */
export const locateFiguresFile = (yamlText: string): LocatedFile<FiguresFile> =>
  locateFile<FiguresFile>(yamlText, {}, validateFiguresFile);
